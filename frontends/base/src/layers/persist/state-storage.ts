/** Where data outlives the page: one text under one name. */

/** Keeps a text from one visit of the page to the next. What it throws or rejects with loses what was to be kept, nothing else. */
export interface StateStorage {
  read(): string | null | Promise<string | null>
  write(text: string): void | Promise<void>
  remove(): void | Promise<void>
}

/** The part of Web Storage that is used. */
export type ItemStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Keeps it in `localStorage` or the like: at hand before the page is first shown, and of at most some megabytes. */
export function stateInWebStorage(storage: ItemStorage, key = 'mizan:state'): StateStorage {
  return {
    read: () => storage.getItem(key),
    write: (text) => storage.setItem(key, text),
    remove: () => storage.removeItem(key),
  }
}

/** Keeps it in IndexedDB: as much as the browser has room for, and at hand some milliseconds after the page is first shown. */
export function stateInDatabase(
  name = 'mizan',
  databases: () => IDBFactory = () => indexedDB,
): StateStorage {
  const store = 'state'
  let opening: Promise<IDBDatabase> | undefined

  function open(): Promise<IDBDatabase> {
    const request = databases().open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(store)
    return settled(request)
  }

  async function run<T>(
    mode: IDBTransactionMode,
    ask: (all: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    opening ??= open()
    try {
      const database = await opening
      const transaction = database.transaction(store, mode)
      const value = await settled(ask(transaction.objectStore(store)))
      return value
    } catch (cause) {
      // A browser closes databases when somebody clears its data; the next attempt opens a new one.
      opening = undefined
      throw cause
    }
  }

  return {
    async read() {
      const value: unknown = await run('readonly', (all) => all.get(store))
      return typeof value === 'string' ? value : null
    },
    async write(text) {
      await run('readwrite', (all) => all.put(text, store))
    },
    remove: () => run('readwrite', (all) => all.delete(store)),
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'))
  })
}
