/** Who is signed in, and the way out. */

import type { ReactElement } from 'react'
import { type CurrentUser, useSignOut } from '../../mizan/react.gen.ts'
import { useComplain } from './announcer.tsx'
import { Avatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import { navigate } from './router.ts'
import { ThemeButton } from './theme.tsx'

export function Account({ user }: { readonly user: CurrentUser }): ReactElement {
  const signOut = useSignOut()
  const complain = useComplain()
  return (
    <div className="account">
      <Avatar person={user} size="medium" decorative />
      <span className="person-text">
        <strong>{user.name}</strong>
        <span className="quiet">{user.staff ? 'Staff' : user.title}</span>
      </span>
      <ThemeButton />
      <button
        type="button"
        className="icon-button"
        aria-label="Sign out"
        disabled={signOut.isPending}
        onClick={() => {
          // Whoever comes next starts at the beginning, not where this person was.
          signOut.mutateAsync({}).then(
            () => navigate('/'),
            (error: unknown) => complain('You are still signed in', error),
          )
        }}
      >
        <Icon name="leave" />
      </button>
    </div>
  )
}
