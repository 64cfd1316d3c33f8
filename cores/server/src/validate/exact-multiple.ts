/** `multipleOf` on decimals: 19.99 is a multiple of 0.01, though 19.99 / 0.01 is 1998.9999999999998. */

/** Whether the decimal that `value` is written as is a whole multiple of the one that `step` is written as. */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0
  const left = toDecimal(value)
  const right = toDecimal(step)
  const exponent = left.exponent < right.exponent ? left.exponent : right.exponent
  return scaled(left, exponent) % scaled(right, exponent) === 0n
}

/** `digits × 10^exponent`. */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** The shortest decimal that reads back as `value`: what stood in the JSON, as far as a double keeps it. */
function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to)
}
