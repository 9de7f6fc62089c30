/** What we use of CloudTrail, loaded when it is first asked: most sessions never do. */
export { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
