/** One generated file while it is written: the names that it takes, and the parts of its text that are still right. */

import { importClause, localName } from './names.ts'

/** What is kept of a file between runs; belongs to one `Derivations`, so that names of types hold. */
export class FileMemory {
  readonly answers: Map<string, Answer> = new Map()
  #parts = new Map<string, WeakMap<object, Part>>()

  /** The parts of one kind, by what they are made of. */
  parts(kind: string): WeakMap<object, Part> {
    const known = this.#parts.get(kind)
    if (known !== undefined) return known
    const parts = new WeakMap<object, Part>()
    this.#parts.set(kind, parts)
    return parts
  }

  clear(): void {
    this.answers.clear()
    this.#parts = new Map()
  }
}

/** One that remembers nothing yet. */
export function createFileMemory(): FileMemory {
  return new FileMemory()
}

/** A name that the file uses, and how it follows from those that it exports. */
interface Answer {
  readonly name: string
  of(exported: ReadonlySet<string>): string
}

/** A piece of text, and the names that were asked for it. */
interface Part {
  readonly text: string
  readonly asked: ReadonlySet<string>
}

/** A file that exports `exported`. */
export class FileText {
  readonly #exported: ReadonlySet<string>
  readonly #memory: FileMemory
  readonly #asked = new Set<string>()
  /** What the part that is being made has asked for. */
  #open: Set<string> | undefined

  constructor(exported: ReadonlySet<string>, memory: FileMemory) {
    this.#exported = exported
    this.#memory = memory
    // A new export may take a name that parts were written with.
    if ([...memory.answers.values()].some((answer) => answer.of(exported) !== answer.name))
      memory.clear()
  }

  /** The local name of something from a module, which is then imported; types begin with `type `. */
  use(imported: string, module: string): string {
    const name = imported.replace(/^type /, '')
    return this.#ask(`${module} ${imported}`, (exported) => localName(name, exported))
  }

  /** The name of something that is imported and exported under it. */
  pass(imported: string, module: string): string {
    return this.#ask(`${module} ${imported}`, () => imported.replace(/^type /, ''))
  }

  /** The name of something that the file keeps to itself. */
  own(name: string, instead = `${name}_`): string {
    return this.#ask(`own ${name}`, (exported) => free(name, instead, exported))
  }

  /** Whether `own` was asked for a name. */
  owns(name: string): boolean {
    return this.#asked.has(`own ${name}`)
  }

  /** A part of the text, made once for each `key` and kind. */
  part<Key extends object>(kind: string, key: Key, make: (key: Key) => string): string {
    const parts = this.#memory.parts(kind)
    const known = parts.get(key)
    if (known !== undefined) {
      for (const asked of known.asked) this.#asked.add(asked)
      return known.text
    }
    const outer = this.#open
    const asked = new Set<string>()
    this.#open = asked
    const text = make(key)
    this.#open = outer
    for (const name of asked) outer?.add(name)
    parts.set(key, { text, asked })
    return text
  }

  /** The clauses of the import from a module, in the order in which they were asked for. */
  importsFrom(module: string): string[] {
    const start = `${module} `
    return [...this.#asked].flatMap((key) =>
      key.startsWith(start) ? [importClause(key.slice(start.length), this.#exported)] : [],
    )
  }

  /** The same of names that the file passes on, and therefore never renames. */
  passedFrom(module: string): string[] {
    const start = `${module} `
    return [...this.#asked].flatMap((key) =>
      key.startsWith(start) ? [key.slice(start.length)] : [],
    )
  }

  #ask(key: string, of: Answer['of']): string {
    this.#asked.add(key)
    this.#open?.add(key)
    const known = this.#memory.answers.get(key)
    if (known !== undefined) return known.name
    const name = of(this.#exported)
    this.#memory.answers.set(key, { name, of })
    return name
  }
}

function free(name: string, instead: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(instead, `${instead}_`, taken) : name
}
