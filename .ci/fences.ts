/** The code fences of a README: language, title, text and the line where the text begins. */

/** One fenced block. */
export interface Fence {
  /** The first word of the info string: `ts`, `tsx`, `sh`, `text`. */
  readonly language: string
  /** `title=src/server/tasks.ts` of the info string: the file that the fence is. */
  readonly title: string | undefined
  readonly text: string
  /** The 1-based line of the first line of `text`. */
  readonly line: number
}

/** Finds the fences of a Markdown text. */
export function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = []
  let open: { readonly mark: string; readonly info: string; readonly line: number } | undefined
  let body: string[] = []
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, mark = '', info = ''] = /^\s{0,3}(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line) ?? []
    if (open === undefined) {
      if (mark !== '') open = { mark, info, line: index + 2 }
    } else if (mark.startsWith(open.mark) && info === '') {
      const [language = '', ...rest] = open.info.split(/\s+/)
      const title = rest.find((word) => word.startsWith('title='))?.slice('title='.length)
      fences.push({ language, title, text: `${body.join('\n')}\n`, line: open.line })
      open = undefined
      body = []
    } else body.push(line)
  }
  return fences
}
