-- What came back lately, and mail that bounced: both are asked for every few minutes.
create index dispatch_failed on dispatch (office_id, failed_at) where state = 'failed';
create index mail_bounced on mail (office_id, bounced_at) where state = 'bounced';
