import type { paths } from '../api/paths.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never

export type LogPage = Ok<paths['/api/log']['get']>
export type LogEntry = LogPage['items'][number]
export type LogEntryDetail = Ok<paths['/api/log/entries/{seq}']['get']>
export type Proof = LogEntryDetail['proof']
export type Verification = Ok<paths['/api/log/verifications']['get']>['items'][number]
export type Problem = NonNullable<Verification['report']>['problems'][number]
export type Role = NonNullable<LogEntry['role']>
