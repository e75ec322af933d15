import type { Answer } from '../api/shapes.ts'

export type LogPage = Answer<'/api/log', 'get'>
export type LogEntry = LogPage['items'][number]
export type LogEntryDetail = Answer<'/api/log/entries/{seq}', 'get'>
export type Proof = LogEntryDetail['proof']
export type Verification = Answer<'/api/log/verifications', 'get'>['items'][number]
export type Problem = NonNullable<Verification['report']>['problems'][number]
export type Role = NonNullable<LogEntry['role']>
