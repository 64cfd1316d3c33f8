/** The artifact in pieces: each entry is put into text once, and an edit only joins what is there. */

import { type Artifact, canonicalJson } from '@mizan/protocol'

/** One function, context, channel or type: its name and what is written under it. */
export interface ArtifactEntry {
  readonly name: string
  readonly value: unknown
  /** `"name":{…}`, on one line. */
  readonly json: string
  /** The same, indented as it stands in the file for tools. */
  readonly pretty: string
  /** The same of what the digest is about, canonical. */
  readonly said: string
}

/** Sorted by name. */
export type ArtifactSection = readonly ArtifactEntry[]

export type ArtifactSections = Readonly<
  Record<'$defs' | 'channels' | 'contexts' | 'functions', ArtifactSection>
>

/** An artifact and its pieces. */
export interface WrittenArtifact {
  readonly artifact: Artifact
  readonly sections: ArtifactSections
}

/** Through the canonical text: keys are sorted, absent ones are gone, and nothing else can slip in. */
export function toEntry<Content>(
  name: string,
  content: Content,
  bare: (content: Content) => unknown,
): ArtifactEntry {
  const value = JSON.parse(canonicalJson(content)) as Content // cast: what was just written
  const key = JSON.stringify(name)
  return {
    name,
    value,
    json: `${key}:${JSON.stringify(value)}`,
    pretty: `    ${key}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n    ')}`,
    said: `${key}:${canonicalJson(bare(content))}`,
  }
}

/** The whole on one line, of one text of each entry. */
export function joinSections(
  { $defs, channels, contexts, functions }: ArtifactSections,
  { textOf, digest }: { textOf(entry: ArtifactEntry): string; readonly digest?: string },
): string {
  const joined = (section: ArtifactSection): string => `{${section.map(textOf).join(',')}}`
  return [
    `{"$defs":${joined($defs)}`,
    ...(channels.length === 0 ? [] : [`"channels":${joined(channels)}`]),
    `"contexts":${joined(contexts)}`,
    ...(digest === undefined ? [] : [`"digest":${JSON.stringify(digest)}`]),
    `"functions":${joined(functions)}`,
    '"version":1}',
  ].join(',')
}

/** `artifact.gen.json` */
export function prettyArtifact({ artifact, sections }: WrittenArtifact): string {
  const { $defs, channels, contexts, functions } = sections
  return [
    `{\n  "$defs": ${prettySection($defs)}`,
    ...(channels.length === 0 ? [] : [`  "channels": ${prettySection(channels)}`]),
    `  "contexts": ${prettySection(contexts)}`,
    `  "digest": ${JSON.stringify(artifact.digest)}`,
    `  "functions": ${prettySection(functions)}`,
    '  "version": 1\n}\n',
  ].join(',\n')
}

function prettySection(section: ArtifactSection): string {
  return section.length === 0 ? '{}' : `{\n${section.map(({ pretty }) => pretty).join(',\n')}\n  }`
}
