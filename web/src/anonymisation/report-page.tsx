import { useParams } from '@tanstack/react-router'
import { Printer } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { disclosuresCrumb } from './crumbs.ts'
import { ReportBody, usePrivacyReport } from './privacy-report.tsx'

/** Printable privacy report of a copy, for the disclosure's papers. */
export function ReportPage() {
  const { t } = useLanguage()
  const { id } = useParams({ from: '/disclosures/copies/$id/report' })
  const query = usePrivacyReport(id)
  return (
    <Page title={t('anonymisation.report')} lead={t('anonymisation.report.lead', { id })} crumbs={disclosuresCrumb(t)}>
      <Loaded query={query} lines={8}>
        {(data) => (
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
      </Loaded>
    </Page>
  )
}
