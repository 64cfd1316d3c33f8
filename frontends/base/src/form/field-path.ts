/** The places of a form's arguments as text: `title`, `lines.0.count`. */

/** What a path goes no further into. */
type Leaf = string | number | boolean | bigint | Date | Blob | Uint8Array | null | undefined

/** Deeper than a form goes; types may hold themselves. */
type Below = [never, 0, 1, 2, 3, 4]

/** Paths into `Value`, by the names of TypeScript. */
export type FieldPath<Value, Depth extends number = 5> = [Depth] extends [never]
  ? never
  : Value extends Leaf
    ? never
    : Value extends readonly (infer Item)[]
      ? `${number}` | `${number}.${FieldPath<Item, Below[Depth]>}`
      : {
          [Key in keyof Value & string]:
            | Key
            | `${Key}.${FieldPath<NonNullable<Value[Key]>, Below[Depth]>}`
        }[keyof Value & string]

/** Paths to lists, which have items to add and remove. */
export type ListPath<Value, Depth extends number = 5> = [Depth] extends [never]
  ? never
  : Value extends Leaf
    ? never
    : Value extends readonly (infer Item)[]
      ? `${number}.${ListPath<Item, Below[Depth]>}`
      : {
          [Key in keyof Value & string]:
            | (NonNullable<Value[Key]> extends readonly unknown[] ? Key : never)
            | `${Key}.${ListPath<NonNullable<Value[Key]>, Below[Depth]>}`
        }[keyof Value & string]

/** What stands at `Path`. */
export type FieldValue<Value, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? FieldValue<Member<NonNullable<Value>, Head>, Rest>
  : Member<NonNullable<Value>, Path>

type Member<Value, Key extends string> = Value extends readonly (infer Item)[]
  ? Item
  : Key extends keyof Value
    ? Value[Key]
    : never
