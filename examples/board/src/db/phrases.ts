/** The words that the seed writes boards with. */

import type { Role } from '../model.ts'

export interface SeedPerson {
  readonly name: string
  readonly title: string
  readonly staff?: true
}

export const seedPeople: readonly SeedPerson[] = [
  { name: 'Ada Okafor', title: 'Head of product', staff: true },
  { name: 'Bela Novak', title: 'Frontend engineer' },
  { name: 'Chiara Rossi', title: 'Designer' },
  { name: 'Dmitri Sokolov', title: 'Platform engineer' },
  { name: 'Elif Yılmaz', title: 'Research lead' },
  { name: 'Farid Haddad', title: 'Data engineer' },
  { name: 'Grace Lindqvist', title: 'Customer success' },
  { name: 'Hiro Tanaka', title: 'Mobile engineer' },
  { name: 'Ines Moreau', title: 'Operations' },
  { name: 'Jonas Weber', title: 'Security engineer' },
  { name: 'Kaya Nakamura', title: 'Writer' },
  { name: 'Lucía Fernández', title: 'Auditor' },
]

export interface SeedWorkspace {
  readonly name: string
  readonly slug: string
  /** Index into {@link seedPeople} → role. */
  readonly members: readonly (readonly [person: number, role: Role])[]
  readonly projects: readonly (readonly [name: string, summary: string])[]
}

export const seedWorkspaces: readonly SeedWorkspace[] = [
  {
    name: 'Northwind Studio',
    slug: 'northwind',
    members: [
      [0, 'admin'],
      [1, 'member'],
      [2, 'member'],
      [3, 'member'],
      [4, 'member'],
      [10, 'member'],
      [11, 'viewer'],
    ],
    projects: [
      ['Website relaunch', 'A faster site that says what we do in one sentence.'],
      ['Design system', 'One set of components, tokens and words for every product.'],
      ['Customer onboarding', 'From sign-up to the first useful thing in five minutes.'],
      ['Editorial calendar', 'What we publish, when, and who reads it first.'],
      ['Accessibility audit', 'Every page usable by keyboard and by ear.'],
      ['Brand refresh', 'A calmer logo, a warmer voice.'],
      ['Pricing research', 'What people would pay, and for what.'],
      ['Partner portal', 'A place where agencies see their projects with us.'],
    ],
  },
  {
    name: 'Harbour Logistics',
    slug: 'harbour',
    members: [
      [0, 'admin'],
      [3, 'member'],
      [5, 'member'],
      [6, 'member'],
      [8, 'admin'],
      [9, 'member'],
      [11, 'viewer'],
    ],
    projects: [
      ['Fleet tracking', 'Where every truck is, without asking the driver.'],
      ['Warehouse scanner', 'An app that reads a label at arm’s length.'],
      ['Customs paperwork', 'Forms filled in before the ship arrives.'],
      ['Route planner', 'Fewer kilometres for the same deliveries.'],
      ['Driver app', 'The day’s stops, offline.'],
      ['Incident response', 'Who is called, in what order, with which facts.'],
      ['Cold chain sensors', 'Temperatures that explain themselves.'],
      ['Billing migration', 'One invoice format instead of seven.'],
    ],
  },
  {
    name: 'Meadow Health',
    slug: 'meadow',
    members: [
      [4, 'admin'],
      [5, 'member'],
      [6, 'member'],
      [7, 'member'],
      [9, 'member'],
      [10, 'member'],
      [2, 'viewer'],
    ],
    projects: [
      ['Patient portal', 'Appointments, letters and results in one quiet place.'],
      ['Appointment reminders', 'The right message on the right day.'],
      ['Lab results', 'Results with an explanation beside each number.'],
      ['Consent forms', 'Plain words, signed once.'],
      ['Clinic rota', 'Who works when, and who can swap.'],
      ['Data retention', 'What we keep, for how long, and why.'],
      ['Interpreter booking', 'A voice in the right language within an hour.'],
      ['Volunteer programme', 'Training, shifts and thanks.'],
    ],
  },
]

export const verbs: readonly string[] = [
  'Draft',
  'Review',
  'Measure',
  'Simplify',
  'Rewrite',
  'Test',
  'Prepare',
  'Fix',
  'Document',
  'Compare',
  'Design',
  'Automate',
]

export const objects: readonly string[] = [
  'the sign-up form',
  'error messages',
  'the weekly report',
  'keyboard navigation',
  'the search results page',
  'e-mail templates',
  'the import from spreadsheets',
  'loading states',
  'the settings page',
  'permissions for guests',
  'the release checklist',
  'contrast in dark mode',
  'the first-run tour',
  'slow queries',
  'the help centre outline',
  'translations',
  'the export to PDF',
  'notification rules',
  'the empty dashboard',
  'interview notes',
]

export const purposes: readonly string[] = [
  '',
  '',
  '',
  ' for the pilot',
  ' on small screens',
  ' with the support team',
  ' before the launch',
  ' for new members',
  ' after the audit',
  ' for screen readers',
]

export const bodies: readonly string[] = [
  '',
  'See the notes from Tuesday. The short version is enough for now.',
  'Two customers asked for this in the same week.\n\nStart with the smallest change that helps them.',
  'Blocked until we know the numbers; everything else is ready.',
  'Done means: it works without a mouse, and somebody who did not build it has tried it.',
]

export const remarks: readonly string[] = [
  'I had a look: this is smaller than it seems.',
  'Can we agree on the wording first?',
  'Tried it on a slow connection, feels fine.',
  'The second half should be a task of its own.',
  'Spoke with two customers, both prefer the first version.',
  'I will pick this up tomorrow morning.',
  'There is an edge case with very long names.',
  'Looks good to me.',
  'Moved the open question to the project notes.',
  'Numbers are in: 18 % faster than before.',
  'Could someone check the dark theme?',
  'Thanks, that was the missing piece.',
]
