/** What is there right now, for developers and their tools. */

import type { Artifact } from '@mizan/protocol'
import type { Hub, LiveCounts } from './live/hub.ts'
import type { Plugin } from './plugin.ts'

/** JSON, but for what plugins give. */
export interface Inspection {
  /** Digest of what the app was generated from. */
  readonly artifact: string
  readonly functions: number
  readonly contexts: number
  readonly channels: number
  readonly live: LiveCounts
  /** In the order in which they start. */
  readonly plugins: readonly InspectedPlugin[]
}

/** One plugin; `state` is what its `inspect` gives. */
export interface InspectedPlugin {
  readonly name: string
  readonly dependsOn: readonly string[]
  readonly state?: unknown
  readonly error?: string
}

/** A plugin that fails to say something says that. */
export async function inspectApp(
  artifact: Artifact,
  plugins: readonly Plugin[],
  hub: Hub,
): Promise<Inspection> {
  return {
    artifact: artifact.digest,
    functions: Object.keys(artifact.functions).length,
    contexts: Object.keys(artifact.contexts).length,
    channels: Object.keys(artifact.channels ?? {}).length,
    live: hub.counts,
    plugins: await Promise.all(plugins.map(inspectPlugin)),
  }
}

async function inspectPlugin(plugin: Plugin): Promise<InspectedPlugin> {
  const { name, dependsOn = [] } = plugin
  if (plugin.inspect === undefined) return { name, dependsOn }
  try {
    return { name, dependsOn, state: await plugin.inspect() }
  } catch (error) {
    return { name, dependsOn, error: error instanceof Error ? error.message : String(error) }
  }
}
