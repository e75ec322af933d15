import { releaseRefusals } from '../research/research-refusals.ts'

/** Why a package is not made: what is missing for the release, or the request itself. */
export const makePackageRefusals = [
  'package.no-key',
  'package.recipient',
  'package.under-way',
  'confirm.fresh',
  ...releaseRefusals,
  'authority.authority-off',
  'authority.own',
  'authority.decision',
  'authority.closed',
  'authority.provision-expired',
  'authority.item-destroyed',
] as const
export type MakePackageRefusal = (typeof makePackageRefusals)[number]
