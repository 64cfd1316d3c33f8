/** Passwords as scrypt hashes (node:crypto, which is OpenSSL's), in the PHC form that other tools read and write. */

import { Buffer } from 'node:buffer'
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** What new hashes cost: 2^ln × r × 128 bytes of memory, p times in a row. */
interface Cost {
  readonly ln: number
  readonly r: number
  readonly p: number
}

interface Hash extends Cost {
  readonly salt: Buffer
  readonly digest: Buffer
}

/** As strong as OWASP asks for, with the least memory: 32 MiB a hash, of which four are made at a time. */
const current: Cost = { ln: 15, r: 8, p: 3 }

/** A hash that was planted must not take the machine's memory or hours: 1 GiB, sixteen times. */
const highest: Cost = { ln: 20, r: 8, p: 16 }

const saltBytes = 16
const digestBytes = 32

/** UTF-8 bytes. Longer ones are no passwords, but work for the server. */
const longestPassword = 1_024

/**
 * Hashes a password with a fresh salt: `$scrypt$ln=15,r=8,p=3$…$…`. Takes about a tenth of a second of another thread.
 *
 * @throws TypeError for an empty one, and for one over 1024 bytes
 */
export async function hashPassword(password: string): Promise<string> {
  const bytes = toBytes(password)
  if (bytes === undefined) throw new TypeError('hashPassword: a password has 1 to 1024 bytes')
  const salt = randomBytes(saltBytes)
  const digest = await derive(bytes, salt, { ...current, length: digestBytes })
  const { ln, r, p } = current
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(digest)}`
}

/**
 * Whether `password` is the one that was hashed, compared in constant time. Pass `undefined` for a user who does not exist:
 * the answer is `false` and takes as long, so that nobody learns who exists.
 *
 * @throws TypeError for a hash that is none
 */
export async function verifyPassword(
  password: string,
  hash: string | null | undefined,
): Promise<boolean> {
  const known = hash === undefined || hash === null ? undefined : parseHash(hash)
  const { salt, digest, ...cost } = known ?? nobody
  // A password that is too long costs the same as any other.
  const bytes = toBytes(password)
  const given = await derive(bytes ?? Buffer.of(0), salt, { ...cost, length: digest.length })
  return timingSafeEqual(given, digest) && known !== undefined && bytes !== undefined
}

/** Whether a hash was made at another cost than new ones: after a successful sign-in, hash the password again. */
export function needsRehash(hash: string): boolean {
  const { ln, r, p, digest } = parseHash(hash)
  return ln !== current.ln || r !== current.r || p !== current.p || digest.length !== digestBytes
}

const nobody: Hash = {
  ...current,
  salt: Buffer.alloc(saltBytes),
  digest: Buffer.alloc(digestBytes),
}

/** One text for all ways to type it. */
function toBytes(password: string): Buffer | undefined {
  if (password.length > longestPassword) return undefined
  const bytes = Buffer.from(password.normalize('NFKC'))
  return bytes.length > 0 && bytes.length <= longestPassword ? bytes : undefined
}

function derive(
  password: Buffer,
  salt: Buffer,
  { ln, r, p, length }: Cost & { readonly length: number },
): Promise<Buffer> {
  const N = 2 ** ln
  const maxmem = 128 * r * (N + p + 2)
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { N, r, p, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

function parseHash(hash: string): Hash {
  const match =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
      hash,
    )
  const [, ln, r, p, salt = '', digest = ''] = match ?? []
  const parsed: Hash = {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    digest: Buffer.from(digest, 'base64'),
  }
  const fits =
    match !== null &&
    parsed.ln >= 1 &&
    parsed.ln <= highest.ln &&
    parsed.r >= 1 &&
    parsed.r <= highest.r &&
    parsed.p >= 1 &&
    parsed.p <= highest.p &&
    parsed.digest.length >= 16 &&
    parsed.digest.length <= 64
  // The hash itself stays out of the message.
  if (!fits) throw new TypeError('verifyPassword: this is no hash of hashPassword')
  return parsed
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
