/** What happened, as a sentence. */

import type { ActivityEntry } from '../../../mizan/react.gen.ts'
import { type Priority, priorityLabels, type Status, statusLabels } from '../../model.ts'
import { dayText } from '../time.ts'

/** `Ada Okafor moved “Fix translations” to Done` */
export function sentenceOf(entry: ActivityEntry): string {
  return `${entry.actorName ?? 'Somebody outside'} ${deedOf(entry)}`
}

/** The sentence without its subject. */
export function deedOf({ kind, subject, detail }: ActivityEntry): string {
  const task = `“${subject}”`
  switch (kind) {
    case 'created':
      return `added ${task}`
    case 'imported':
      return `sent in ${task}`
    case 'moved':
      return `moved ${task} to ${statusLabels[detail as Status]}` // cast: the server writes a Status here
    case 'renamed':
      return `renamed “${detail ?? ''}” to ${task}`
    case 'assigned':
      return detail === null ? `took ${task} from its assignee` : `gave ${task} to ${detail}`
    case 'prioritised':
      // cast: the server writes a Priority here
      return `set ${task} to ${priorityLabels[detail as Priority].toLowerCase()} priority`
    case 'scheduled':
      return detail === null ? `removed the date of ${task}` : `set ${task} due ${dayText(detail)}`
    case 'described':
      return `described ${task}`
    case 'commented':
      return `commented on ${task}`
    case 'attached':
      return `attached ${detail ?? 'a file'} to ${task}`
    case 'deleted':
      return `deleted ${task}`
  }
}
