/** A person as a coloured disc with initials. */

import type { CSSProperties, ReactElement } from 'react'

export interface AvatarProps {
  /** Nobody: an empty disc. */
  readonly person: { readonly name: string; readonly hue: number } | undefined
  readonly size?: 'small' | 'medium' | 'large'
  /** Leave out the name where it stands beside the disc. */
  readonly decorative?: boolean
}

export function Avatar({ person, size = 'small', decorative = false }: AvatarProps): ReactElement {
  const name = person?.name ?? 'Nobody'
  // cast: a custom property, which React's style type does not list
  const style = person === undefined ? undefined : ({ '--hue': person.hue } as CSSProperties)
  return (
    <span
      className={`avatar avatar-${size}${person === undefined ? ' avatar-nobody' : ''}`}
      style={style}
      title={name}
      {...(decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
    >
      {person === undefined ? '' : initialsOf(person.name)}
    </span>
  )
}

function initialsOf(name: string): string {
  const words = name.split(' ')
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`
}
