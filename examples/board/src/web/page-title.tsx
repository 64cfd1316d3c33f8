/** The name of the page: in the title of the document, from the server on, and said aloud, as following a link here loads no document. */

import { type ReactElement, useEffect } from 'react'
import { useAnnounce } from './announcer.tsx'

/** @param name `undefined` while it is not known */
export function PageTitle({ name }: { readonly name: string | undefined }): ReactElement {
  const announce = useAnnounce()
  useEffect(() => {
    if (name !== undefined) announce(name)
  }, [name, announce])
  return <title>{name === undefined ? 'Board' : `${name} · Board`}</title>
}
