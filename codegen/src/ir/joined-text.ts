/** Long texts of many pieces, of which an edit changes few: stretches of pieces that are as they were are not joined again. */

/** How many pieces are joined at once. */
const stretchLength = 64

/** Neighbours, and what they are together. */
interface Stretch {
  readonly pieces: readonly string[]
  readonly text: string
}

/** What is kept of the lists that one text is made of. */
export class JoinedText {
  readonly #lists = new Map<string, readonly Stretch[]>()

  /** `pieces.join(separator)`; `list` names the list among those of the text. */
  join(list: string, pieces: readonly string[], separator: string): string {
    const before = this.#lists.get(list) ?? []
    const head: Stretch[] = []
    let start = 0
    for (const stretch of before) {
      if (!standsAt(start, stretch, pieces)) break
      head.push(stretch)
      start += stretch.pieces.length
    }
    const tail: Stretch[] = []
    let end = pieces.length
    for (const stretch of before.slice(head.length).reverse()) {
      const begin = end - stretch.pieces.length
      if (begin < start || !standsAt(begin, stretch, pieces)) break
      tail.push(stretch)
      end = begin
    }
    const changed = stretchesOf(pieces.slice(start, end), separator)
    const stretches = [...head, ...changed, ...tail.reverse()]
    this.#lists.set(list, stretches)
    return stretches.map(({ text }) => text).join(separator)
  }
}

/** One that remembers nothing yet. */
export function createJoinedText(): JoinedText {
  return new JoinedText()
}

function standsAt(start: number, stretch: Stretch, pieces: readonly string[]): boolean {
  return stretch.pieces.every((piece, index) => piece === pieces[start + index])
}

function stretchesOf(pieces: readonly string[], separator: string): Stretch[] {
  const count = Math.ceil(pieces.length / stretchLength)
  return Array.from({ length: count }, (_, index) => {
    const own = pieces.slice(index * stretchLength, (index + 1) * stretchLength)
    return { pieces: own, text: own.join(separator) }
  })
}
