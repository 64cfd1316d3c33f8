/** Read your writes: who has just changed something carries a cookie for which versions are asked anew. */

const name = 'mizan-fresh'

/** Whether the answer to this request must be of now, not of a moment ago. */
export function wantsFresh(request: Request): boolean {
  const cookies = request.headers.get('cookie') ?? ''
  // A reload says so too; and so can who keeps no cookies.
  const control = request.headers.get('cache-control') ?? ''
  return cookies.includes(`${name}=1`) || /\bno-cache\b/i.test(control)
}

/** Marks the client of `request` for as long as versions of before its change may be remembered anywhere. */
export function markFresh(request: Request, answer: Response, maximumAge: number): void {
  const seconds = Math.ceil(maximumAge / 1_000) + 1
  const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : ''
  const cookie = `${name}=1; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure}`
  answer.headers.append('set-cookie', cookie)
}
