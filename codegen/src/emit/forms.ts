/** `forms.gen.ts`: what a form needs to know of each function that is called. Pages that show no form never load it. */

import { type Api, type ApiFunction, isPublicData } from '../ir/api.ts'
import { fieldOf } from './forms/field.ts'
import type { BindingOptions } from './binding.ts'
import { errorsOf } from './client/errors.ts'
import { createFileMemory, FileText } from './file-text.ts'
import { namesOfFunction } from './names.ts'
import { braces, docBlock, header, importLine, objectKey, quote } from './text.ts'

/** Writes the forms of an API. */
export function emitForms(api: Api, { client, derived }: BindingOptions): string {
  const calls = api.functions.filter(
    (fn) =>
      isPublicData(fn) && fn.options.context === undefined && !fn.stream && fn.params.length > 0,
  )
  if (calls.length === 0) return `${header}\nexport {}\n`
  const exported = new Set(calls.map((fn) => namesOfFunction(fn).form))
  const file = new FileText(exported, derived.of(createFileMemory, emitForms))
  const descriptor = file.use('type FormDescriptor', '@mizan/base')
  const parts = calls.map((key) => file.part('form', key, (fn) => formText(fn, descriptor)))
  return [
    header,
    importLine(file.importsFrom('@mizan/base'), '@mizan/base'),
    // By namespace, since a form may have the name of another function.
    `import * as client from ${quote(client)}\n`,
    ...parts,
  ].join('')
}

function formText(fn: ApiFunction, descriptor: string): string {
  const names = namesOfFunction(fn)
  const types = [names.args, names.result, ...(errorsOf([fn]).length > 0 ? [names.error] : [])]
  const generics = types.map((name) => `client.${name}`).join(', ')
  const fields = fn.params.map((param) => {
    const field = fieldOf(param, {
      wire: param.wire,
      required: param.required,
      upload: fn.options.upload,
    })
    return `    ${objectKey(param.key)}: ${valueText(field, '    ')},\n`
  })
  return [
    `\n${docBlock(fn)}export const ${names.form}: ${descriptor}<${generics}> = {\n`,
    `  call: client.${names.descriptor},\n`,
    `  fields: {\n${fields.join('')}  },\n}\n`,
  ].join('')
}

/** JSON as TypeScript, on one line where it fits. */
function valueText(value: unknown, indent: string): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(item, `${indent}  `))
    const line = `[${items.join(', ')}]`
    if (indent.length + line.length <= 80 && !line.includes('\n')) return line
    return `[\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}]`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${objectKey(key)}: ${valueText(item, `${indent}  `)}`)
  return braces(parts, { separator: ',', indent, used: indent.length + 16 })
}
