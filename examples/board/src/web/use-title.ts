/** The name of the page, in the title of the document and said aloud: following a link here loads no document. */

import { useEffect } from 'react'
import { useAnnounce } from './announcer.tsx'

/** @param name `undefined` while it is not known */
export function useTitle(name: string | undefined): void {
  const announce = useAnnounce()
  useEffect(() => {
    if (name === undefined) return
    document.title = `${name} · Board`
    announce(name)
    return () => {
      document.title = 'Board'
    }
  }, [name, announce])
}
