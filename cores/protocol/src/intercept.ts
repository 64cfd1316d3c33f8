/** The one onion: every "around" of the system goes through here. */

/** One layer: does something before, calls `next` at most once, does something after. */
export type Layer<Input, Output> = (
  input: Input,
  next: (input: Input) => Promise<Output>,
) => Promise<Output>

/**
 * Runs `run` inside `layers`; the first layer is the outermost.
 *
 * @throws TypeError when a layer calls `next` twice.
 */
export function intercept<Input, Output>(
  layers: readonly Layer<Input, Output>[],
  input: Input,
  run: (input: Input) => Promise<Output>,
): Promise<Output> {
  const step = (index: number, value: Input): Promise<Output> => {
    const layer = layers[index]
    if (layer === undefined) return run(value)
    let called = false
    return layer(value, (changed) => {
      if (called) return Promise.reject(new TypeError('A layer called next() twice'))
      called = true
      return step(index + 1, changed)
    })
  }
  return step(0, input)
}
