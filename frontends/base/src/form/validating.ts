/** A call that has its arguments checked and runs nothing (PROTOCOL, `validate/<fn>/`). */

import type { CallDescriptor } from '../descriptors.ts'

/** The check of `fn`. */
export function validating<Args>(fn: CallDescriptor<Args, unknown>): CallDescriptor<Args, unknown> {
  const { name, artifact, args, adapt } = fn
  const path = `/validate/${name}/`
  return {
    name,
    artifact,
    args,
    adapt: (request, wire) =>
      adapt ? { ...adapt(request, wire), path } : { ...request, path, body: JSON.stringify(wire) },
  }
}
