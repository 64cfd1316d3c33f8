/** Callbacks that are given anew at each render. */

import { useCallback, useEffect, useRef } from 'react'

/** A function that keeps its identity and returns `value` as the last render on screen had it. */
export function useLatest<Value>(value: Value): () => Value {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return useCallback(() => latest.current, [])
}
