/** A time after which something is judged. */

/**
 * Runs `judge` after `milliseconds`, but not before what arrived in that time was read: timers of a server that was busy
 * itself are due before its pipes are, and its own lateness would end a worker that has long answered.
 */
export function setDeadline(judge: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(() => setImmediate(judge), milliseconds)
}
