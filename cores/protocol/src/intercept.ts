/** The one onion: every "around" of the system goes through here. */

/** One layer: does something before, calls `next` (again, if it retries), does something after. */
export type Layer<Input, Output> = (
  input: Input,
  next: (input: Input) => Promise<Output>,
) => Promise<Output>

/** Runs `run` inside `layers`; the first layer is the outermost. */
export function intercept<Input, Output>(
  layers: readonly Layer<Input, Output>[],
  input: Input,
  run: (input: Input) => Promise<Output>,
): Promise<Output> {
  const step = (index: number, value: Input): Promise<Output> => {
    const layer = layers[index]
    return layer === undefined ? run(value) : layer(value, (changed) => step(index + 1, changed))
  }
  return step(0, input)
}
