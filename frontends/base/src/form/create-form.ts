/** A form over a function: what is typed, what is wrong with it, and the one call that it ends in. */

import type { MizanError } from '@mizan/protocol'

import type { FieldDescriptor, FormDescriptor } from '../form-descriptor.ts'
import type { Kernel } from '../kernel.ts'
import { toMizanError } from '../to-mizan-error.ts'
import type { UploadProgress } from '../upload-progress.ts'
import {
  type Draft,
  type DraftGroup,
  type DraftItem,
  isSameDraft,
  toDraft,
  toItem,
} from './draft.ts'
import { draftAt, fieldAt, type Fields, withDraft } from './draft-path.ts'
import { toAttributes } from './field-attributes.ts'
import type { Form, FormState } from './form.ts'
import { asRefusal, isAlong, toErrors } from './form-errors.ts'
import { type ListChange, moveItem, movedPath, removeItem } from './form-lists.ts'
import type { FormOptions } from './form-options.ts'
import { messageOf } from './field-problem.ts'
import { parseDraft } from './parse-draft.ts'
import { readControl } from './read-control.ts'
import { withReturned } from './returned-form.ts'
import { validating } from './validating.ts'

/** Makes the form of `descriptor`; `options` are asked for each time one is needed, all but where the form begins. */
export function createForm<Args, Result, Failure extends MizanError>(
  kernel: Kernel,
  descriptor: FormDescriptor<Args, Result, Failure>,
  options: () => FormOptions<Args, Result, Failure>,
): Form<Args, Result, Failure> {
  const fields: Fields = descriptor.fields
  const { call } = descriptor
  const { id = call.name, initial, returned, base = '/api/mizan' } = options()
  const listeners = new Set<() => void>()
  let start = draftsOf(fields, initial)
  let drafts = returned ? withReturned(fields, start, returned) : start
  /** Of the server, by path. */
  let refused = returned ? toErrors(fields, returned) : new Map<string, string>()
  let touched = new Set<string>()
  let isTried = false
  let sending: Promise<Result | undefined> | undefined
  let progress: UploadProgress | undefined
  let outcome: Pick<FormState<Result, Failure>, 'result' | 'error' | 'isSubmitted'> = untried
  let state = look()

  /** The arguments, and what is wrong with them. */
  function parse(): { readonly args: Args; readonly found: ReadonlyMap<string, string> } {
    const found = new Map<string, string>()
    const { messages, check } = options()
    const args = Object.fromEntries(
      Object.entries(fields).flatMap(([key, field]) => {
        const value = parseDraft(field, drafts[key], {
          path: key,
          report(problem) {
            const { path } = problem
            if (!found.has(path)) found.set(path, messages?.(problem) ?? messageOf(problem))
          },
        })
        return value === undefined ? [] : [[key, value]]
      }),
    ) as Args // cast: each was made for its field; where one is missing, `found` says so
    if (found.size === 0)
      for (const [path, message] of Object.entries(check?.(args) ?? {}))
        if (typeof message === 'string') found.set(path, message)
    return { args, found }
  }

  function look(): FormState<Result, Failure> {
    const { found } = parse()
    const shown = [...found].filter(([path]) => isTried || touched.has(path))
    return Object.freeze({
      errors: Object.fromEntries([...refused, ...shown]),
      isDirty: !isSameDraft(drafts, start),
      isValid: found.size === 0,
      isSubmitting: sending !== undefined,
      progress,
      ...outcome,
    })
  }

  function tell(): void {
    state = look()
    for (const listener of [...listeners]) listener()
  }

  function put(path: string, draft: Draft): void {
    drafts = withDraft(drafts, path, draft)
    // What the server said was of another value: of this field, of what is in it, and of what it is in.
    refused = new Map([...refused].filter(([at]) => !isAlong(at, path)))
    outcome = { ...outcome, isSubmitted: false }
    tell()
  }

  function itemsAt(path: string): readonly DraftItem[] {
    return (draftAt(drafts, path) ?? []) as readonly DraftItem[] // cast: lists hold items
  }

  function rearrange(path: string, change: ListChange): void {
    const moved = (at: string): string[] => {
      const to = movedPath(at, path, change)
      return to === undefined ? [] : [to]
    }
    refused = new Map(
      [...refused].flatMap(([at, text]) => moved(at).map((to) => [to, text] as const)),
    )
    touched = new Set([...touched].flatMap(moved))
    put(path, change.items)
  }

  async function send(args: Args): Promise<Result | undefined> {
    const sent = drafts
    let result: Result
    try {
      result = await kernel.call(call, args, {
        onProgress(latest) {
          progress = latest
          tell()
        },
      })
    } catch (cause) {
      // cast: what the function declares, or an error of ours.
      const error = toMizanError(cause) as Failure
      // cast: whether it is one of these codes, the object knows.
      const path = options().errorFields?.[error.code as Failure['code']]
      refused =
        path === undefined ? toErrors(fields, asRefusal(error)) : new Map([[path, error.message]])
      outcome = { ...untried, error }
      settle()
      return undefined
    }
    start = sent
    isTried = false
    touched = new Set()
    outcome = { result, error: undefined, isSubmitted: drafts === sent }
    settle()
    options().onSuccess?.(result, args)
    return result
  }

  function settle(): void {
    sending = progress = undefined
    tell()
  }

  return {
    read: () => state,
    subscribe(listener) {
      const entry = (): void => listener()
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    field(path, type) {
      const { field, name } = fieldAt(fields, path)
      const draft = draftAt(drafts, path)
      const error = Object.hasOwn(state.errors, path) ? state.errors[path] : undefined
      const own = `${id}-${path.replaceAll('.', '-')}`
      const { label = wordsOf(path), help } = field
      const options = (field.item ?? field).options ?? []
      return {
        path,
        descriptor: field,
        label,
        help,
        error,
        id: own,
        errorId: `${own}-error`,
        helpId: `${own}-help`,
        draft,
        isDirty: !isSameDraft(draft, draftAt(start, path)),
        isTouched: touched.has(path),
        options: options.map((option) => ({
          value: String(option),
          isSelected: isChosen(draft, String(option)),
        })),
        attributes: toAttributes(field, {
          path,
          id: own,
          name,
          draft,
          isInvalid: error !== undefined,
          ...(type !== undefined && { type }),
        }),
      }
    },
    list(path) {
      const { minItems = 0, maxItems = Infinity } = fieldAt(fields, path).field
      const items = itemsAt(path)
      return {
        items: items.map(({ key }, index) => ({ key, path: `${path}.${index}` })),
        canAdd: items.length < maxItems,
        canRemove: items.length > minItems,
      }
    },
    set: (path, value) =>
      put(path, typeof value === 'string' ? value : toDraft(fieldAt(fields, path).field, value)),
    change: (path, control) => put(path, readControl(fieldAt(fields, path).field, control)),
    touch(path) {
      if (touched.has(path)) return
      touched.add(path)
      tell()
    },
    add(path, value) {
      const { item } = fieldAt(fields, path).field
      if (item) put(path, [...itemsAt(path), toItem(toDraft(item, value))])
    },
    remove: (path, index) => rearrange(path, removeItem(itemsAt(path), index)),
    move: (path, from, to) => rearrange(path, moveItem(itemsAt(path), from, to)),
    async validate() {
      const { args, found } = parse()
      isTried = true
      const asked = drafts
      const error = await kernel.call(validating(call), args).then(
        () => undefined,
        (cause: unknown) => toMizanError(cause),
      )
      // What was typed meanwhile it has not seen.
      if (asked === drafts) refused = error ? toErrors(fields, asRefusal(error)) : new Map()
      tell()
      return error === undefined && found.size === 0
    },
    async submit() {
      if (sending) return sending
      const { args, found } = parse()
      isTried = true
      refused = new Map()
      if (found.size === 0) {
        outcome = untried
        sending = send(args)
      }
      const result = sending
      tell()
      return result
    },
    reset(next) {
      start = drafts = draftsOf(fields, next ?? initial)
      refused = new Map()
      touched = new Set()
      isTried = false
      outcome = untried
      tell()
    },
    attributes: {
      action: `${base}/call/${call.name}/`,
      method: 'post',
      enctype: Object.values(fields).some(hasFile)
        ? 'multipart/form-data'
        : 'application/x-www-form-urlencoded',
    },
  }
}

const untried = { result: undefined, error: undefined, isSubmitted: false } as const

function draftsOf<Args>(fields: Fields, initial: Partial<Args> | undefined): DraftGroup {
  // cast: its keys are those of the fields.
  const values = (initial ?? {}) as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [
      key,
      toDraft(field, values[key] === undefined ? field.default : values[key]),
    ]),
  )
}

function isChosen(draft: Draft, option: string): boolean {
  // cast: lists hold items, see toDraft.
  return Array.isArray(draft)
    ? (draft as DraftItem[]).some((item) => item.draft === option)
    : draft === option
}

function hasFile({ kind, item, fields = [] }: FieldDescriptor): boolean {
  return kind === 'file' || (item !== undefined && hasFile(item)) || fields.some(hasFile)
}

/** `dueAt` → `Due at` */
function wordsOf(path: string): string {
  const last = path.split('.').findLast((step) => !/^\d+$/.test(step)) ?? path
  const words = last.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
