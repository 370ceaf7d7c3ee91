# Every target is a command of lib/bookbuild, which says what it does: `make help`.
# Without make: python lib/bookbuild COMMAND.

PYTHON  ?= python3
TARGETS := help lab update test data preflight slides notebooks seeds test-backends test-oldest \
           bench stamp venv clean

.DEFAULT_GOAL := help
.PHONY: $(TARGETS)

FLAGS :=
notebooks: FLAGS = $(if $(ALL),--all)
stamp: FLAGS = $(if $(REPO),--repo $(REPO))

$(TARGETS):
	@command -v $(PYTHON) >/dev/null || { echo "✘ 找不到 $(PYTHON)：请安装 Python 3.11–3.13，或指明：make lab PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) lib/bookbuild $@ $(FLAGS) $(CHAPTERS) $(ARGS)
