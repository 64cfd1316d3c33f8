import { describeProblems, type ProblemCase } from '../../test/problem-cases.ts'

/** A property with these tags, and what is said about it. */
function property(tags: string, type: string, message: string): ProblemCase {
  const source = `interface Task {\n  /** ${tags} */\n  value: ${type}\n}\nexport const a = client((task: Task) => {})`
  return [`${tags} on ${type}`, source, message]
}

describeProblems('a tag that says nothing that could be checked', [
  property(
    '@minLength 1',
    'number',
    '3:7 a: argument task.value: @minLength is about strings, and the type is number',
  ),
  property('@minLength 1', 'Date', '@minLength is about strings, and the type is Date'),
  property('@minLength 1', "'a' | 'b'", "@minLength is about strings, and the type is 'a' | 'b'"),
  property(
    '@minimum 1',
    'bigint | null',
    '@minimum is about numbers, and the type is bigint | null',
  ),
  property('@minItems 1', 'Record<string, 1>', '@minItems is about arrays'),
  property('@maxProperties 1', '{ a?: string }', '@maxProperties is about records'),
  property('@minLength', 'string', '@minLength needs a whole number from 0, got nothing'),
  property('@minLength one', 'string', '@minLength needs a whole number from 0, got one'),
  property('@maxLength -1', 'string', '@maxLength needs a whole number from 0, got -1'),
  property('@maximum 1_000', 'number', '@maximum needs a number, got 1_000'),
  property('@multipleOf 0', 'number', '@multipleOf needs a number above 0, got 0'),
  property('@uniqueItems no', 'string[]', '@uniqueItems stands alone, got no'),
  property('@pattern [', 'string', '@pattern is not a regular expression'),
  property('@pattern ^(a+)+$', 'string', '@pattern can match one text in so many ways'),
  property('@format phone', 'string', '@format must be one of date, date-time, duration, email,'),
  property(
    '@default none',
    'number',
    '@default must be number, got none; use @defaultValue for words',
  ),
  property("@default 'c'", "'a' | 'b'", "@default must be 'a' | 'b', got 'c'"),
  property('@minlength 3', 'string', '@minlength is written @minLength'),
  property('@minLength 3 @minLength 4', 'string', '@minLength stands here twice'),
  property(
    '@minLength 3 @maxLength 2',
    'string',
    '@minLength 3 is above @maxLength 2, so that no value is left',
  ),
  property('@minimum 3 @exclusiveMaximum 3', 'number', 'its bounds 3 and 3 leave no value'),
  [
    'an argument is constrained like a property',
    'export const a = client((/** @maxLength 3 */ count: number) => {})',
    '2:30 a: argument count: @maxLength is about strings, and the type is number',
  ],
  [
    'a type of its own is constrained like a property',
    '/** @format email */\nexport type Count = number\nexport const a = client((count: Count) => {})',
    '2:5 Count: @format is about strings, and the type is number',
  ],
  [
    'what the tags of an alias say is not lost in silence',
    '/** @minLength 3 */\nexport type Code = string\ninterface Page<T> { items: T[] }\nexport const a = client((codes: Page<Code>) => {})',
    '5:26 a: argument codes loses what the tags of Code say inside of Page<Code>; write the type out, or make Code a brand',
  ],
  [
    'nor is it inside of a list in a generic type',
    '/** @minLength 3 */\nexport type Code = string\ninterface Page<T> { items: T[] }\nexport const a = client((codes: Page<Set<Code>[] | null>) => {})',
    'loses what the tags of Code say inside of Page<Set<Code>[] | null>',
  ],
  [
    'params of a context are constrained alike',
    'export const a = client({ context: GlobalContext }, (/** @minimum 1 */ page: number) => 1)\nexport const b = client({ context: GlobalContext }, (page: number) => 2)',
    '3:14 b: the param page of the context "global" has other constraints than in a at src/a.ts:2:14; members of a context share their params, so give both the same',
  ],
])
