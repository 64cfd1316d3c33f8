/** Roles that scripts speak of. SQL is not parsed: what is taken for a role and is none does no harm. */

import type { Step } from './script.ts'

/** Whether a statement says that it makes the role: then it is not there before. */
export function isMadeBy(steps: readonly Step[], role: string): boolean {
  return steps.some(({ statements }) =>
    statements.some((sql) =>
      [...sql.matchAll(creation)].some(
        ([, quoted, plain]) =>
          quoted?.replaceAll('""', '"') === role || plain?.toLowerCase() === role,
      ),
    ),
  )
}

/** The roles of GRANT … TO and CREATE POLICY … TO, as far as they can be told from a text. */
export function rolesSaid(steps: readonly Step[]): readonly string[] {
  const lists = steps.flatMap(({ statements }) =>
    statements.flatMap((sql) => [...sql.matchAll(receivers)].map(([, list = '']) => list)),
  )
  const roles = lists.flatMap((list) =>
    [...list.matchAll(identifier)].map(
      ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.toLowerCase(),
    ),
  )
  return [...new Set(roles)].filter((role) => !notRoles.has(role))
}

const identifier = /"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*)/gu
const receivers =
  /\b(?:grant|create\s+policy)\b[^;]*?\bto\s+((?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*,\s*(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))*)/giu
const notRoles: ReadonlySet<string> = new Set([
  'public',
  'current_role',
  'current_user',
  'session_user',
  'group',
])

const creation = /\bcreate\s+(?:role|user|group)\s+(?:"((?:[^"]|"")+)"|([\w$]+))/gi
