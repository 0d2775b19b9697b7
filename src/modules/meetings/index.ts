export { committeeKinds, type CommitteeKind } from './committee.ts';
