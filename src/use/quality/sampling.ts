import { type Kysely, sql } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { databaseAct, databaseAnswer, databaseRow } from '#safeguards/access/database-request.ts'
import { type Candidate, rankCandidates } from './draw-sample.ts'
import { commonRefusals } from './quality-refusals.ts'

export interface PlanToBegin {
  name: string
  formId: string
  unitId: string
  /** Key of the service number. */
  number: string
  /** Recordings per week. */
  weekly: number
  /** Lowest number of days until the destruction of a candidate. */
  daysLeft: number
}

interface StoredDraw {
  /** Monday of the week. */
  week: string
  drawnAt: string
  /** [recording, official's number in this list]; null once all the recordings are gone. */
  candidates: [string, number][] | null
  /** Number of earlier draws by official. */
  earlier: number[] | null
  /** All candidates in the order of the draw; the first were picked. */
  ranked: string[] | null
  /** Recordings that replaced a picked one in which there was nothing to evaluate. */
  followed: string[] | null
  candidateCount: number
  pickedCount: number
  followedCount: number
}

export interface PlanDraw {
  week: string
  drawnAt: string
  candidateCount: number
  pickedCount: number
  /** Number of recordings that replaced a picked one. */
  followedCount: number
  /** True if repeating the draw gives the same result; undefined once the candidates are deleted. */
  isAsDrawn?: boolean
}

export interface SamplingPlan extends PlanToBegin {
  id: string
  formName: string
  unitName: string
  /** Published with the plan: every draw can be repeated with it. */
  seed: string
  begunAt: string
  endedAt?: string
  /** Newest first. */
  draws: PlanDraw[]
}

/** Lists the sampling plans. The last draws of each are repeated to check them. */
export const listPlans = databaseAnswer(
  () => ({
    statement: sql<{ value: Omit<SamplingPlan, 'draws'> & { draws: StoredDraw[] } }>`
      select jsonb_strip_nulls(jsonb_build_object('id', p.id, 'name', p.name, 'formId', p.form_id, 'formName', f.name,
          'unitId', p.unit_id, 'unitName', u.name, 'number', p.number, 'weekly', p.weekly, 'daysLeft', p.days_left, 'seed', p.seed,
          'begunAt', p.begun_at, 'endedAt', p.ended_at))
        || jsonb_build_object('draws', coalesce((
          select jsonb_agg(jsonb_build_object('week', d.week, 'drawnAt', d.drawn_at, 'candidates', d.candidates, 'earlier', d.earlier,
            'ranked', d.ranked, 'followed', d.followed, 'candidateCount', d.candidate_count, 'pickedCount', d.picked_count,
            'followedCount', d.followed_count) order by d.week desc)
          from sampling_draw d where d.plan_id = p.id
            and d.week in (select o.week from sampling_draw o where o.plan_id = p.id order by o.week desc limit 12)), '[]')) as value
      from sampling_plan p join quality_form f on f.id = p.form_id join unit u on u.id = p.unit_id
      order by p.ended_at is not null, p.name, p.id`,
    refusals: ['deny.role'],
    action: 'quality.plans-read',
    object: { kind: 'sampling-plan' },
    precondition: sql`require_duty('QUALITY')`,
  }),
  (rows) => rows.map(({ value }) => ({ ...value, draws: value.draws.map((draw) => viewDraw(value, draw)) })),
)

function viewDraw(
  plan: Pick<SamplingPlan, 'seed' | 'weekly'>,
  { candidates, earlier, ranked, followed, ...draw }: StoredDraw,
): PlanDraw {
  if (!candidates || !earlier || !ranked || !followed) return draw
  return { ...draw, isAsDrawn: isAsDrawn(plan, { ...draw, candidates, earlier, ranked, followed }) }
}

function isAsDrawn(
  { seed, weekly }: Pick<SamplingPlan, 'seed' | 'weekly'>,
  draw: { [Member in keyof StoredDraw]: NonNullable<StoredDraw[Member]> },
): boolean {
  const candidates = draw.candidates.map(([recording, official]) => ({ recording, official }))
  const repeated = rankCandidates(candidates, { seed, week: draw.week, earlier: draw.earlier })
  const after = repeated.slice(draw.pickedCount)
  return (
    repeated.join() === draw.ranked.join() &&
    draw.pickedCount === Math.min(weekly, repeated.length) &&
    // Replacements follow the order of the draw; recordings that could no longer be evaluated were skipped.
    after.filter((one) => draw.followed.includes(one)).join() === draw.followed.join()
  )
}

/** Begins to draw a number of recordings per week of a unit and a number, from last week on. */
export const beginPlan = databaseRow(({ name, formId, unitId, number, weekly, daysLeft }: PlanToBegin) => ({
  statement: sql<{ id: string }>`
    select begin_sampling_plan(${name}, ${formId}::uuid, ${unitId}::uuid, ${number}, ${weekly}, ${daysLeft}) as id`,
  refusals: [
    ...commonRefusals,
    'input.identity-code',
    'quality.number-out-of-reach',
    'quality.form-not-published',
    'quality.plan-known',
  ],
  action: 'quality.plan-begun',
  object: { kind: 'sampling-plan' },
}))

/** Ends a plan; what was drawn stays in the queue. */
export const endPlan = databaseAct((id: string) => ({
  statement: sql`select end_sampling_plan(${id}::uuid)`,
  refusals: commonRefusals,
  action: 'quality.plan-ended',
  object: { kind: 'sampling-plan', id },
}))

/**
 * Draws the samples of all past weeks that have none; called periodically by the custodian.
 * @returns how many recordings were queued
 */
export async function drawSamplesDue(db: Kysely<RegisterTables>): Promise<number> {
  const { rows: due } = await sql<{
    plan: string
    week: Temporal.PlainDate
    weekly: number
    seed: string
    may_fill: boolean
  }>`
    select * from draws_due()`.execute(db)
  let drawn = 0
  for (const { plan, week, weekly, seed, may_fill: mayFill } of due) {
    const { rows } = await sql<{ recording: string; official: string; earlier: number }>`
      select * from draw_candidates(${plan}::uuid, ${week.toString()}::date)`.execute(db)
    if (rows.length === 0 && mayFill) continue
    const officials = [...new Set(rows.map(({ official }) => official))]
    const earlier = officials.map((one) => Number(rows.find(({ official }) => official === one)?.earlier ?? 0))
    const candidates: Candidate[] = rows.map(({ recording, official }) => ({
      recording,
      official: officials.indexOf(official),
    }))
    const ranked = rankCandidates(candidates, { seed, week: week.toString(), earlier })
    const candidateList = JSON.stringify(candidates.map(({ recording, official }) => [recording, official]))
    const recorded = await sql<{ isRecorded: boolean }>`
      select record_draw(${plan}::uuid, ${week.toString()}::date, ${candidateList}::jsonb, ${JSON.stringify(earlier)}::jsonb,
        ${ranked}::uuid[]) as "isRecorded"`.execute(db)
    if (recorded.rows[0]?.isRecorded) drawn += Math.min(weekly, ranked.length)
  }
  return drawn
}

/** Deletes expired evaluations and samples; returns how many unused evaluations were deleted. */
export async function endExpiredQuality(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ ended: number }>`select expire_quality_data() as ended`.execute(db)
  return rows[0]?.ended ?? 0
}
