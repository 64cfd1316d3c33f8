/** A gate: a claim about the repository, and the places where it does not hold. */

/** One claim. */
export interface Gate {
  /** The claim as a sentence without a full stop. */
  readonly claim: string
  /**
   * Looks for violations in the repository at `root`.
   *
   * @returns one line for each violation, naming the place and the way out; empty when the claim holds.
   */
  check(root: string): Promise<readonly string[]>
}
