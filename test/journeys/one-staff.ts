// One Seloste for the journeys that change people, rights and offices: each those of people whom no other of them looks at.
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls()
