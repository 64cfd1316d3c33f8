/** Statements with a condition, as one statement. */

/** No name in them can end the text that they stand in. */
export function block(body: string): string {
  let tag = '$mizan$'
  while (body.includes(tag)) tag = `${tag.slice(0, -1)}_$`
  return `do ${tag} ${body} ${tag}`
}
