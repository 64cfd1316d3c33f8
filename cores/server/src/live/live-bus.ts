/** What carries live messages between the processes of one app, and keeps what they share. */

/** Somebody who follows a topic. */
export interface Follower {
  onMessage(text: string): void
  /** Messages may have been missed; called once the topic is followed again. */
  onLost(): void
}

/** A kept message with its place in the topic's order. */
export interface LoggedMessage {
  readonly seq: number
  readonly text: string
}

/** The end of a topic's log. */
export interface LogTail {
  /** Of the newest message; 0 when nothing is known. */
  readonly seq: number
  /** Kept messages after the asked one, in order. */
  readonly messages: readonly LoggedMessage[]
}

/** How long a message stays readable. */
export interface KeepOptions {
  /** Messages. */
  readonly count: number
  /** Seconds. */
  readonly ttl: number
}

/**
 * A bus of one app. Topics and keys are made by the server of hexadecimal digits, letters, `:` and `-`; texts are JSON.
 * Every method rejects, and does not wait, while what stands behind the bus is out of reach.
 */
export interface LiveBus {
  /** To every process that follows `topic`, this one included. */
  publish(topic: string, text: string): Promise<void>
  /** Follows until the returned function is called; resolves once messages arrive, or are known to be lost. */
  follow(topic: string, follower: Follower): Promise<() => void>
  /** Numbers a message, keeps it and publishes `<seq> <text>`. Numbers go up by one, and leap when the log was lost. */
  append(topic: string, text: string, keep: KeepOptions): Promise<number>
  /** What came after `seq`. */
  tail(topic: string, seq: number): Promise<LogTail>
  /** Says that `member` is there; to be repeated within `ttl` seconds. */
  enter(topic: string, member: Member): Promise<void>
  leave(topic: string, id: string): Promise<void>
  /** Infos of everybody who is there. */
  present(topic: string): Promise<readonly string[]>
  /** Keeps a text for `ttl` seconds. */
  put(key: string, text: string, ttl: number): Promise<void>
  /** Gives a kept text to one taker. */
  take(key: string): Promise<string | undefined>
  close(): Promise<void>
}

/** Somebody who is there. */
export interface Member {
  readonly id: string
  readonly info: string
  /** Seconds. */
  readonly ttl: number
}
