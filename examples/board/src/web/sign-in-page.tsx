/** Sign in as one of the seeded people; also without a script. */

import { useForm } from '@mizan/react/form'
import type { ReactElement } from 'react'
import { signInForm } from '../../mizan/forms.gen.ts'
import { useSignIn, useSignInChoices } from '../../mizan/react.gen.ts'
import { useAnnounce } from './announcer.tsx'
import { Avatar } from './avatar.tsx'
import { Logo } from './logo.tsx'
import { usePageStart } from './page-start.ts'
import { PageTitle } from './page-title.tsx'
import { reasonOf } from './reason-of.ts'
import { Failure, Skeleton } from './state-view.tsx'
import { ThemeButton } from './theme.tsx'

export function SignInPage(): ReactElement {
  const choices = useSignInChoices()
  const signIn = useSignIn()
  const announce = useAnnounce()
  const start = usePageStart()
  const { props: form } = useForm(signInForm)
  return (
    <main id="main" className="sign-in" tabIndex={-1}>
      <PageTitle name="Sign in" />
      <form className="sign-in-card" {...form}>
        <input type="hidden" name="csrf" value={start.token} />
        <input type="hidden" name="next" value={start.path} />
        <div className="sign-in-top">
          <Logo />
          <ThemeButton />
        </div>
        <h1>Who is working today?</h1>
        <p className="quiet">This is an example: choose a person, there is no password.</p>
        {choices.data === undefined && choices.status === 'error' && (
          <Failure what="The people" result={choices} />
        )}
        <ul className="people" aria-busy={choices.data === undefined}>
          {choices.data === undefined && choices.status !== 'error'
            ? Array.from({ length: 12 }, (_, index) => (
                <li key={index} className="person-button">
                  <Skeleton lines={2} />
                </li>
              ))
            : choices.data?.map((person) => (
                <li key={person.id}>
                  <button
                    type="submit"
                    name="person_id"
                    value={person.id}
                    className="person-button"
                    disabled={signIn.isPending}
                    onClick={(event) => {
                      event.preventDefault()
                      signIn.mutate({ personId: person.id })
                      announce(`Signing in as ${person.name}`)
                    }}
                  >
                    <Avatar person={person} size="medium" decorative />
                    <span className="person-text">
                      <strong>{person.name}</strong>
                      <span className="quiet">{person.title}</span>
                    </span>
                  </button>
                </li>
              ))}
        </ul>
        <p className="form-error" role="alert">
          {signIn.error !== undefined && reasonOf(signIn.error)}
        </p>
      </form>
    </main>
  )
}
