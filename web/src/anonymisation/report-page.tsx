import { useParams } from '@tanstack/react-router'
import { Printer } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { disclosuresCrumb } from './crumbs.ts'
import { ReportBody, usePrivacyReport } from './privacy-report.tsx'

/** Printable privacy report of a copy, for the disclosure's papers. */
export function ReportPage() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/disclosures/copies/$id/report' })
  const { data, error, isPending, refetch } = usePrivacyReport(id)
  return (
    <Page title={t('anonymisation.report')} lead={t('anonymisation.report.lead', { id })} crumbs={disclosuresCrumb(t)}>
      {isPending && <Waiting lines={8} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && (
        <>
          <p className="no-print">
            <Button kind="secondary" onPress={() => window.print()}>
              <Printer aria-hidden="true" size={18} />
              {t('anonymisation.report.print')}
            </Button>
          </p>
          <section className="panel stack report-page" aria-label={t('anonymisation.report')}>
            <ReportBody report={data} isFolded={false} />
          </section>
        </>
      )}
    </Page>
  )
}
