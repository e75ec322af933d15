import { useRef, useState } from 'react'
import type { Draft } from '../../api/shapes.ts'
import { Button } from '../../controls/button.tsx'
import { Failure } from '../../controls/failure.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { problemsOf, type useDraft } from '../use-draft.ts'
import { Changes } from './changes.tsx'
import { Consequences } from './consequences.tsx'
import { Decide } from './decide.tsx'
import { ProblemSummary } from './problems.tsx'
import { DiffToBase } from './views.tsx'

type Work = ReturnType<typeof useDraft>

/** Read-only draft: another person's, or one that is submitted, decided or abandoned. */
export function ReadOnlyDraft({ draft, work }: { draft: Draft; work: Work }) {
  const { t, language } = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)
  const problems = problemsOf(draft)
  return (
    <>
      {problems.length > 0 && <ProblemSummary problems={problems} document={draft.document} heading={heading} />}
      <div className="draft-columns">
        <div className="draft-main">
          <section className="panel stack-small" aria-labelledby="draft-why">
            <h2 id="draft-why">{t('description.draft.why')}</h2>
            {draft.reason === '' ? (
              <p className="muted">{t('description.draft.reason.none')}</p>
            ) : (
              <p className="draft-reason">{draft.reason}</p>
            )}
            <dl className="facts-line">
              <div>
                <dt>{t('description.draft.effectiveFrom')}</dt>
                <dd>
                  {draft.effectiveFrom
                    ? formatInstant(draft.effectiveFrom, language)
                    : t('description.draft.effectiveFrom.none')}
                </dd>
              </div>
              {draft.submittedAt && (
                <div>
                  <dt>{t('description.draft.submittedAt')}</dt>
                  <dd>{formatInstant(draft.submittedAt, language)}</dd>
                </div>
              )}
            </dl>
          </section>
          <section className="panel stack-small" aria-labelledby="draft-changes">
            <h2 id="draft-changes">{t('description.draft.changes')}</h2>
            {draft.changes.length > 0 ? (
              <Changes changes={draft.changes} />
            ) : (
              <p className="muted">
                {t(problems.length > 0 ? 'description.draft.changes.problems' : 'description.draft.changes.none')}
              </p>
            )}
          </section>
          <section className="panel stack-small" aria-labelledby="draft-diff">
            <h2 id="draft-diff">{t('description.draft.view.diff')}</h2>
            <DiffToBase draft={draft} />
          </section>
        </div>
        <aside className="draft-aside" aria-label={t('description.draft.outcome')}>
          {(draft.mayEdit || draft.mayDecide) && (
            <section className="panel stack-small" aria-labelledby="draft-consequences">
              <h2 id="draft-consequences">{t('description.draft.consequences')}</h2>
              <Consequences draft={draft} />
            </section>
          )}
          {draft.mayDecide && <Decide draft={draft} work={work} />}
          {draft.mayEdit && draft.state === 'SUBMITTED' && <WithdrawSubmission work={work} />}
        </aside>
      </div>
    </>
  )
}

/** Lets the author withdraw a submission. */
function WithdrawSubmission({ work }: { work: Work }) {
  const { t } = useLanguage()
  const [failed, setFailed] = useState<unknown>()
  const withdrawSubmission = async () => {
    const answer = await work.withdrawSubmission()
    if ('error' in answer) setFailed(answer.error)
    else announce(t('description.draft.takenBack'))
  }
  return (
    <section className="panel stack-small" aria-labelledby="draft-next">
      <h2 id="draft-next">{t('description.draft.waits')}</h2>
      <p>{t('description.draft.waits.text')}</p>
      {failed !== undefined && <Failure error={failed} />}
      <Button kind="secondary" isBusy={work.isBusy} onPress={() => void withdrawSubmission()}>
        {t('description.draft.takeBack')}
      </Button>
    </section>
  )
}
