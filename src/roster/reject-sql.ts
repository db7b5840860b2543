/**
 * The tail of a statement that rejects rows for what is found only beside others: `bad` is the CTE that yields (line, key,
 * found), all of them in `roster_rows`. Binds tenantId, runId, column and code.
 */
export const REJECT_BAD = `insert into roster_rejects (tenant_id, run_id, line, key, raw, rejects)
   select :tenantId, :runId, b.line, b.key, r.raw::json, json_build_array(json_build_object('line', b.line,
            'column', :column::text, 'code', :code::text, 'found', left(b.found, 100)))
     from bad b
     join roster_rows r on r.tenant_id = :tenantId and r.run_id = :runId and r.key = b.key and r.line = b.line
   on conflict (tenant_id, run_id, line) do nothing`;
