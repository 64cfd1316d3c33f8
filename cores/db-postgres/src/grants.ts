/** GRANT and REVOKE. */

import { type GrantSnapshot, quoteText } from '@mizan/db'
import { block } from './block.ts'
import { quote, relation } from './ddl-texts.ts'

/** Gives privileges; those that may be passed on in a statement of their own. */
export function grantStatements(grant: GrantSnapshot): readonly string[] {
  const { privileges, grantable = [] } = grant
  const plain = privileges.filter((one) => !grantable.includes(one))
  const give = (list: readonly string[], option: string): readonly string[] =>
    list.length === 0
      ? []
      : [
          statement(
            grant,
            (thing) => `grant ${listed(grant, list)} on ${thing} to ${role(grant)}${option}`,
          ),
        ]
  return [...give(plain, ''), ...give(grantable, ' with grant option')]
}

/** Takes privileges. What the role has passed on stands in the way: it is not taken with them. */
export function revokeStatements(grant: GrantSnapshot): readonly string[] {
  return [
    statement(
      grant,
      (thing) => `revoke ${listed(grant, grant.privileges)} on ${thing} from ${role(grant)}`,
    ),
  ]
}

/** Nobody can be called "public": that is everybody. */
function role({ to }: GrantSnapshot): string {
  return to === 'public' ? 'public' : quote(to)
}

function listed({ on, column }: GrantSnapshot, privileges: readonly string[]): string {
  const columns = column === undefined || on === 'counter' ? '' : ` (${quote(column)})`
  return privileges.map((one) => `${word(one)}${columns}`).join(', ')
}

/** A privilege is a word of SQL, and nothing else. */
function word(privilege: string): string {
  if (/^[a-z]+(?: [a-z]+)*$/.test(privilege)) return privilege
  throw new TypeError(`${JSON.stringify(privilege.slice(0, 80))} is no privilege`)
}

function statement(grant: GrantSnapshot, text: (thing: string) => string): string {
  const { on, name, column = '' } = grant
  switch (on) {
    case 'function':
      return text(`routine ${relation(name)}(${grant.arguments ?? ''})`)
    case 'enum':
    case 'type':
    case 'domain':
      return text(`type ${relation(name)}`)
    case 'sequence':
      return text(`sequence ${relation(name)}`)
    case 'counter':
      // Its own name is the server's affair.
      return formatted(
        text('sequence %s'),
        `pg_get_serial_sequence(${quoteText(relation(name))}, ${quoteText(column)})`,
      )
    case 'schema':
      // Which schema is searched first is known to the connection.
      if (name === '') return formatted(text('schema %I'), 'current_schema()')
      return text(`schema ${quote(name)}`)
    default:
      return text(`table ${relation(name)}`)
  }
}

/** A statement about something that only the server can name; `%` of other names is no place for it. */
function formatted(template: string, name: string): string {
  const [place = ''] = /%[sI]/.exec(template) ?? []
  const [before = '', ...after] = template.split(place)
  const escaped = [before, after.join(place)].map((part) => part.replaceAll('%', '%%'))
  return block(`begin execute format(${quoteText(escaped.join(place))}, ${name}); end`)
}
