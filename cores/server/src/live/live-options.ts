/** Bounds and parts of the live socket. */

import { longestTimer } from '../limits.ts'
import type { LiveBus } from './live-bus.ts'

/** Bounds on what one client, and all of them, may cost. */
export interface LiveLimits {
  /** Clients of this process. @default 10_000 */
  readonly connections?: number
  /** Bytes of a frame. @default 262_144 */
  readonly frame?: number
  /** Subscriptions of one client. @default 200 */
  readonly subscriptions?: number
  /** Channels that one client is in at a time. @default 50 */
  readonly joins?: number
  /** Calls and first reads of one client that run at a time. @default 32 */
  readonly running?: number
  /** Frames a second from one client, over a while; twice as many at once. @default 100 */
  readonly rate?: number
  /** Bytes that wait for one client before it is cut off. @default 1_048_576 */
  readonly buffered?: number
}

/** The live side of an app. */
export interface LiveOptions {
  /** Joins processes; `RedisBus` of `@mizan/server/redis`. @default a bus of this process */
  readonly bus?: LiveBus
  readonly limits?: LiveLimits
  /** Milliseconds between two looks at whether an idle client's session lives. @default 30_000 */
  readonly heartbeat?: number
}

/** Options with every default filled in, but for the bus. */
export interface LiveSettings {
  readonly limits: Required<LiveLimits>
  readonly heartbeat: number
}

/** @throws TypeError for a bound that is none */
export function toLiveSettings(options: LiveOptions = {}): LiveSettings {
  const { limits = {}, heartbeat = 30_000 } = options
  const filled = {
    connections: limits.connections ?? 10_000,
    frame: limits.frame ?? 262_144,
    subscriptions: limits.subscriptions ?? 200,
    joins: limits.joins ?? 50,
    running: limits.running ?? 32,
    rate: limits.rate ?? 100,
    buffered: limits.buffered ?? 1_048_576,
  }
  for (const [name, value] of Object.entries({ ...filled, heartbeat })) {
    if (
      typeof value !== 'number' ||
      !(value >= 1) ||
      (name === 'heartbeat' && value > longestTimer)
    )
      throw new TypeError(
        `createApp({ live }): ${name} is a number from 1, got ${String(value).slice(0, 40)}`,
      )
  }
  return { limits: filled, heartbeat }
}
