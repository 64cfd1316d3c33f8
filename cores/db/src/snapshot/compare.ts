/** What two snapshots do not share, fact by fact. */

import type { FoldedSnapshot } from './fold.ts'

/** One fact that differs. */
export interface SnapshotDifference {
  /** `column tasks.title` */
  readonly path: string
  /** What the first says; undefined where it has no such thing. */
  readonly expected: string | undefined
  /** What the second says; undefined where it has no such thing. */
  readonly actual: string | undefined
}

/** The differences, sorted by path; none when the two are equal. */
export function compareFolded(
  expected: FoldedSnapshot,
  actual: FoldedSnapshot,
): readonly SnapshotDifference[] {
  return [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((path) => expected.get(path) !== actual.get(path))
    .toSorted()
    .map((path) => ({ path, expected: expected.get(path), actual: actual.get(path) }))
}

/** A difference in words. */
export function describeDifference({ path, expected, actual }: SnapshotDifference): string {
  if (expected === undefined) return `${path}: there is one that nobody declared (${actual ?? ''})`
  if (actual === undefined) return `${path}: it is missing (${expected})`
  return `${path}: expected ${expected}, found ${actual}`
}
