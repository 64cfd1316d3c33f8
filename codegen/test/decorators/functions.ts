/** One of every form of mark: what two conventions of decorators and four compilers have to agree on. */

import { client, defineContext, defineError, GlobalContext } from '@mizan/server'

export const TaskContext = defineContext('task')
export const TaskGone = defineError<'TASK_GONE', { readonly since: Date }>('TASK_GONE', {
  status: 410,
})

/** A decorator in both conventions that leaves the method as it is, and tells by which it was called. */
function audited(_: unknown, second: unknown): void {
  Object.assign(globalThis, { convention: typeof second === 'string' ? 'legacy' : 'standard' })
}

abstract class Readable {
  readonly #prefix = 'read'

  @client({ context: TaskContext })
  async taskTitle(taskId: number): Promise<string> {
    return `${this.#prefix} ${taskId} by ${this.constructor.name}`
  }

  @client
  ping(): string {
    return 'base'
  }
}

export class Tasks extends Readable {
  #renamed = 0

  @client({ affects: [TaskContext, GlobalContext], throws: [TaskGone], timeout: 5000 })
  @audited
  async renameTask(taskId: number, title = 'untitled'): Promise<string> {
    if (taskId < 0) throw new TaskGone({ since: new Date(0) })
    this.#renamed += 1
    return `${this.#renamed}: ${taskId} is ${title}`
  }

  @client({ name: 'ping', private: true })
  override ping(): string {
    return `${super.ping()}, then tasks`
  }

  @client({ context: GlobalContext, cache: 60 })
  static taskCount(): number {
    return 3
  }
}

export const echo = client((text: string) => text)

export const between = client(
  { affects: TaskContext.only('taskTitle'), auth: 'staff' },
  ({ from, to }: { from: Date; to?: Date }) => (to ?? from).getTime() - from.getTime(),
)
