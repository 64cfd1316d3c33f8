/** The others who have the task open: their names, and their pointers over the comments. */

import type { CSSProperties, ReactElement } from 'react'
import { Avatar } from '../avatar.tsx'
import type { Other } from './use-task-presence.ts'

export interface TaskPresenceProps {
  readonly others: readonly Other[]
}

export function TaskPresence({ others }: TaskPresenceProps): ReactElement | null {
  if (others.length === 0) return null
  const writing = others.filter(({ isTyping }) => isTyping).map(({ person }) => person.name)
  return (
    <>
      <p className="presence quiet small">
        {others.map(({ person }) => (
          <Avatar key={person.id} person={person} decorative />
        ))}
        <span>
          Also here: {others.map(({ person }) => person.name).join(', ')}
          {writing.length > 0 && ` · ${writing.join(', ')} writing…`}
        </span>
      </p>
      {others.map(({ person, at }) => at && <Pointer key={person.id} person={person} at={at} />)}
    </>
  )
}

interface PointerProps {
  readonly person: Other['person']
  readonly at: NonNullable<Other['at']>
}

function Pointer({ person, at }: PointerProps): ReactElement {
  // cast: a custom property, which React's style type does not list
  const style = {
    '--hue': person.hue,
    left: `${at.x * 100}%`,
    top: `${at.y * 100}%`,
  } as CSSProperties
  return <span className="pointer" style={style} aria-hidden="true" data-pointer={person.id} />
}
