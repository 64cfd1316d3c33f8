/** `console` in the worker: to stderr, with the name of the component that prints. */

import { AsyncLocalStorage } from 'node:async_hooks'
import process from 'node:process'
import { format } from 'node:util'

const component = new AsyncLocalStorage<string>()
const methods = ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const

/** Runs `run` as the render of `name`. */
export function inComponent(name: string, run: () => void): void {
  component.run(name, run)
}

/** From now on `console` says who prints. */
export function nameConsole(): void {
  for (const method of methods) {
    console[method] = (...words: unknown[]) => {
      const name = component.getStore()
      const prefix = name === undefined ? '' : `[${name}] `
      const text = `${prefix}${format(...words)}\n`
      process.stderr.write(method === 'trace' ? `${text}${new Error('trace').stack}\n` : text)
    }
  }
}
