/** What somebody did to an input, as a draft. */

import type { FieldDescriptor } from '../form-descriptor.ts'
import { type Draft, toItem } from './draft.ts'

/** The draft in an `<input>`, `<select>` or `<textarea>`. */
export function readControl(field: FieldDescriptor, control: EventTarget | null): Draft {
  if (control instanceof HTMLInputElement) {
    if (control.type === 'checkbox' && field.kind === 'boolean') return control.checked
    if (control.type === 'file') {
      const files = [...(control.files ?? [])]
      return field.kind === 'list' ? files.map(toItem) : files[0]
    }
  }
  if (control instanceof HTMLSelectElement && field.kind === 'list')
    return [...control.selectedOptions].map(({ value }) => toItem(value))
  // cast: whatever else an input event comes from has a text.
  return (control as HTMLInputElement | null)?.value ?? ''
}
