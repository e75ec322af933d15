/** Telephone systems that report calls in tests: records go through a feed, from bytes to the register. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile as write } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { afterAll } from 'vitest'
import { followFolder } from '#capture/feeds/follow-folder.ts'
import type { Feed } from '#capture/feeds/feeds-file.ts'
import { createFeedImporter } from '#capture/feeds/import-feed.ts'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import type { TestDatabase } from './create-test-database.ts'

export interface FeedProblem {
  file: string
  line: number
  reason: string
  detail?: string | undefined
}

export interface TestFeed {
  /** Writes a file into the feed's folder, reads everything new there and admits it. Returns unreadable records. */
  deliver(given: Partial<Feed> & { source: Feed['source'] }, text: string, file?: string): Promise<FeedProblem[]>
  /** Returns the unreadable records that a feed has stored. */
  unread(feed: string): Promise<string>
  clear(): Promise<void>
}

export async function openTestFeed(
  database: TestDatabase<RegisterTables>,
  officials: readonly DirectoryEntry[] = [],
): Promise<TestFeed> {
  const root = await mkdtemp(join(tmpdir(), 'seloste-told-'))
  afterAll(() => rm(root, { recursive: true }))
  const owner = database.as().db
  const versions = await readVersions(owner)
  let files = 0
  const onFault = (error: unknown) => {
    throw error
  }
  return {
    async deliver(given, text, file = `calls-${++files}`) {
      const name = given.name ?? given.source
      const [folder, own] = [join(root, name), join(root, `own-${name}`)]
      await Promise.all([mkdir(folder, { recursive: true }), mkdir(own, { recursive: true })])
      await write(join(folder, file), text)
      const problems: FeedProblem[] = []
      const from = { kind: 'folder' as const, folder, files: '*' }
      const taker = createFeedImporter({
        feed: { from, fields: {}, zone: 'Europe/Helsinki', settleMs: 0, ...given, name },
        folder: own,
        db: database.as('seloste_capture').db,
        context: () => ({
          versionAt: (at) => versionAt(versions, at),
          officials,
          drawKey: Buffer.alloc(32, 7),
          quotas: createQuotaCounts(),
        }),
        clock: { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() },
        onFault,
        onProblem: (problem) => problems.push(problem),
      })
      const followed = await followFolder({
        folder,
        files: '*',
        framing: taker.reader.framing,
        hasHeading: taker.reader.hasHeading,
        statePath: join(own, 'position.json'),
        onRecord: taker.take,
        onFault,
        pollMs: 3_600_000,
        idleMs: -1,
      })
      await followed.check()
      await taker.settle()
      await followed.stop()
      return problems
    },
    async unread(feed) {
      const own = join(root, `own-${feed}`)
      const names = (await readdir(own)).filter((name) => name.startsWith('unread-'))
      return (await Promise.all(names.map((name) => readFile(join(own, name), 'utf8')))).join('')
    },
    clear: () =>
      owner.transaction().execute(async (tx: Kysely<RegisterTables>) => {
        await sql`set local session_replication_role = replica`.execute(tx)
        for (const table of ['contact', 'segment', 'call_identity', 'recording', 'fed_segment', 'feed_problem', 'feed'])
          await sql`delete from ${sql.table(table)}`.execute(tx)
      }),
  }
}
