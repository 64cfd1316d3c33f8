/** Forms over the kernel; an entry of its own, as most pages show none. */

export type { FieldDescriptor, FieldKind, FormDescriptor } from '../form-descriptor.ts'
export { createForm } from './create-form.ts'
export type { Form, FormChoice, FormField, FormItem, FormList, FormState } from './form.ts'
export type { FieldAttributes } from './field-attributes.ts'
export type { FieldPath, FieldValue, ListPath } from './field-path.ts'
export { type FieldProblem, type FieldRule, messageOf } from './field-problem.ts'
export type { FormOptions } from './form-options.ts'
export type { ReturnedForm } from './returned-form.ts'
export { submitForm } from './submit-form.ts'
