// Module hook: packages of the workspace resolve to their sources, as with --conditions=@mizan/source.

export function resolve(specifier, context, next) {
  const conditions = new Set([...context.conditions, '@mizan/source'])
  return next(specifier, { ...context, conditions: [...conditions] })
}
