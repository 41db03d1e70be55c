"""A table of a bureau's page as a workbook: for who may take lists out, and written down."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from notoneless.kernel import audit
from notoneless.roster.roles import EXPORT
from notoneless.web.access import Reader, signed_in
from notoneless.web.bureau.board import board_of
from notoneless.web.bureau.tables import sheet_of
from notoneless.web.sheets import TYPE, workbook
from notoneless.web.ui.days import CLOCK


@require_safe
@signed_in
def export(request: HttpRequest, reader: Reader, code: str, table: str) -> HttpResponse:
    board = board_of(request, reader, code, "figures")
    reader.scope.require_power(EXPORT, board.unit.path)
    as_of = CLOCK.now()
    sheet = sheet_of(table, request, reader, board, as_of)
    content = workbook(sheet, made_at=as_of)
    audit.record(
        reader.scope.actor, "table.exported", f"unit:{code}", clock=CLOCK,
        detail={"table": table, "day": str(board.shown.day), "duty": board.duty.code, "rows": len(sheet.rows)},
    )  # fmt: skip
    name = f"{code}-{table}-{board.duty.code}-{board.shown.day}.xlsx"
    return HttpResponse(content, content_type=TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})
