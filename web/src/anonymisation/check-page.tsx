import { useParams } from '@tanstack/react-router'
import { EarOff } from 'lucide-react'
import { Failure } from '../controls/failure.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { CopyState } from './copy-state.tsx'
import { disclosures } from './crumbs.ts'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { HearResult } from './hear-result.tsx'
import { PrivacyReportPanel } from './privacy-report.tsx'
import { SignForm } from './sign-form.tsx'
import { useCopy } from './use-copy.ts'

/** The second person hears the anonymised copy, all of it, and signs or rejects it. The original is never heard here. */
export function CheckPage() {
  const { say } = useLanguage()
  const { id } = useParams({ from: '/disclosures/copies/$id/check' })
  const { data: copy, error, isPending, refetch } = useCopy(id)
  return (
    <Page
      title={say('anonymisation.check')}
      lead={say('anonymisation.check.lead')}
      crumbs={disclosures(say)}
      {...(copy && { aside: <CopyState state={copy.state} /> })}
    >
      {isPending && <Waiting lines={8} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {copy && (
        <>
          <p className="with-icon check-note">
            <EarOff aria-hidden="true" size={20} />
            {say('anonymisation.check.noOriginal')}
          </p>
          <Outcome copy={copy} />
          {copy.may.hear && (
            <div className="check-columns">
              <section className="panel stack" aria-labelledby="check-hear">
                <h2 id="check-hear">{say('anonymisation.result')}</h2>
                <p>{say('anonymisation.check.listenFor')}</p>
                <HearResult copy={copy} onHeard={() => void refetch()} />
              </section>
              <PrivacyReportPanel copy={copy} />
            </div>
          )}
          {copy.may.check && (
            <section className="panel stack" aria-labelledby="check-sign">
              <h2 id="check-sign">{say('anonymisation.sign')}</h2>
              <SignForm
                // What was chosen of one revision is not chosen of the next.
                key={copy.revision}
                copy={copy}
                onSigned={async (outcome) => {
                  await refetch()
                  announce(say(`anonymisation.signed.${outcome}`))
                  focusHeading('check-outcome')
                }}
              />
            </section>
          )}
        </>
      )}
    </Page>
  )
}

/** What has been decided, or why there is nothing to sign now. */
function Outcome({ copy: { state, check, preparedBy, may } }: { copy: AnonymisedCopy }) {
  const { say, language } = useLanguage()
  if (check) {
    return (
      <Notice kind={check.outcome === 'APPROVED' ? 'success' : 'warning'}>
        <h2 id="check-outcome" tabIndex={-1}>
          {say(`anonymisation.signed.${check.outcome}`)}
        </h2>
        <p>{say('anonymisation.checkedBy', { name: check.by.name, time: formatInstant(check.at, language) })}</p>
        {check.note && <p className="check-note">{check.note}</p>}
      </Notice>
    )
  }
  if (may.check) return <p>{say('anonymisation.preparedBy', { name: preparedBy.name })}</p>
  return (
    <Notice kind="info">
      {say(state === 'RENDERED' ? 'anonymisation.check.own' : 'anonymisation.check.notMade', { name: preparedBy.name })}
    </Notice>
  )
}
