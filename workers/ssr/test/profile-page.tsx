/** A page that reads a context, and below it one that only the answer names. */

import type { ContextDescriptor } from '@mizan/base'
import { createContextProvider, useContextMember } from '@mizan/react'

interface UserParams {
  readonly userId: number
}

interface UserData {
  readonly userProfile: { readonly name: string; readonly friendId: number | null }
}

const userContext: ContextDescriptor<UserParams, UserData> = {
  name: 'user',
  artifact: '0123456789abcdef',
  params: { userId: { wire: 'user_id', required: true, kind: 'number' } },
  members: { userProfile: { wire: 'user_profile' } },
}

const UserContext = createContextProvider(userContext, 'UserContext')

export function ProfilePage({ userId }: { userId: number }) {
  return (
    <UserContext userId={userId}>
      <Profile />
    </UserContext>
  )
}

function Profile() {
  const { data, status } = useContextMember(UserContext, userContext, 'userProfile')
  if (data === undefined) return <p>{status}</p>
  return (
    <section>
      <h1>{data.name}</h1>
      {data.friendId === null ? null : <ProfilePage userId={data.friendId} />}
    </section>
  )
}
