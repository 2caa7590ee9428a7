"""What rendered functions call: small Python functions by name, each a text of its own."""

HELPERS = {
    "gap": """
def gap(a, b):
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
""",
    "order": """
def order(state):
    # The dots from nearest to farthest from orange.
    return sorted(range(3), key=lambda dot: (gap(state["blue"][dot], state["orange"]), dot))
""",
    "gaps": """
def gaps(state):
    return sorted(gap(dot, state["orange"]) for dot in state["blue"])
""",
    "spread": """
def spread(state):
    a, b, c = state["blue"]
    return max(gap(a, b), gap(b, c), gap(a, c))
""",
    "dot": """
def dot(state, role):
    # The cell of the near (0), mid (1) or far (2) dot.
    return tuple(state["blue"][order(state)[role]])
""",
    "room": """
def room(state):
    # The cells from orange to each wall.
    (x, y), top = state["orange"], state["size"] - 1
    return {(-1, 0): x, (0, -1): y, (0, 1): top - y, (1, 0): top - x}
""",
    "flight": """
def flight(state):
    # The step that keeps orange farthest from the farthest dot; ties: from all, then most room.
    x, y = state["orange"]
    ahead = room(state)

    def safety(step):
        away = [gap((x + step[0], y + step[1]), dot) for dot in state["blue"]]
        return max(away), sum(away), ahead[step], step

    return max([step for step in ahead if ahead[step] > 0], key=safety)
""",
    "left": """
def left(step):
    return -step[1], step[0]
""",
    "wall": """
def wall(state):
    # The step toward orange's nearest wall.
    ahead = room(state)
    return min(ahead, key=lambda step: ahead[step])
""",
    "along": """
def along(state):
    # The step along orange's nearest wall toward its open end.
    ahead = room(state)
    down, up = ((0, -1), (0, 1)) if wall(state)[0] else ((-1, 0), (1, 0))
    return down if ahead[down] > ahead[up] else up
""",
    "beyond": """
def beyond(state, cell):
    # The step that leads on past orange when one comes from a cell.
    x, y = state["orange"][0] - cell[0], state["orange"][1] - cell[1]
    if abs(x) >= abs(y):
        return (-1 if x < 0 else 1), 0
    return 0, (-1 if y < 0 else 1)
""",
    "clip": """
def clip(state, x, y):
    top = state["size"] - 1
    return min(max(x, 0), top), min(max(y, 0), top)
""",
    "beside": """
def beside(state, step, count):
    # The cell so many steps from orange, on the board.
    x, y = state["orange"]
    return clip(state, x + count * step[0], y + count * step[1])
""",
    "middle": """
def middle(state):
    return (state["size"] - 1) // 2, (state["size"] - 1) // 2
""",
    "corners": """
def corners(state):
    top = state["size"] - 1
    return [(0, 0), (0, top), (top, 0), (top, top)]
""",
    "sign": """
def sign(number):
    return (number > 0) - (number < 0)
""",
    "flee": """
def flee(state, dots):
    # The cell four steps away from dots, on both axes.
    x, y = state["orange"]
    far_x = sign(len(dots) * x - sum(dot[0] for dot in dots))
    far_y = sign(len(dots) * y - sum(dot[1] for dot in dots))
    return clip(state, x + 4 * far_x, y + 4 * far_y)
""",
    "pass_by": """
def pass_by(state, cell):
    # The cell two steps behind another as orange sees it.
    x, y = state["orange"]
    return clip(state, cell[0] + 2 * sign(cell[0] - x), cell[1] + 2 * sign(cell[1] - y))
""",
    "share": """
def share(state, targets, cost):
    # The targets dealt to the dots so that the cost of their ways is least.
    ways = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

    def price(way):
        return cost([gap(dot, targets[at]) for dot, at in zip(state["blue"], way)])

    return [targets[at] for at in min(ways, key=price)]
""",
    "go": """
def go(state, targets, tie):
    # Each dot ends two units away, closest to its target; on its target it circles orange.
    size, orange = state["size"], state["orange"]
    moves = []
    for (x, y), target in zip(state["blue"], targets):
        cells = [(x + a, y + b) for a in range(-2, 3) for b in (2 - abs(a), abs(a) - 2)]
        cells = [(a, b) for a, b in cells if 0 <= a < size and 0 <= b < size]

        def holding(cell):
            return abs(gap(cell, orange) - gap((x, y), orange)), -gap(cell, orange), cell

        def going(cell):
            return gap(cell, target), tie(cell, target), cell

        moves.append(min(cells, key=holding if (x, y) == tuple(target) else going))
    return moves
""",
    "closed": """
def closed(state):
    # The cells that rule changes have closed, as (column, row).
    found = set()
    for change in state["changes"]:
        name, _, rest = change.partition("@")[0].partition(":")
        if name == "roadblock":
            found |= {(LETTERS.index(cell[0]), int(cell[1:]) - 1) for cell in rest.split(",")}
        if name == "storm":
            inner = range(int(rest), state["size"] - int(rest))
            every = [(x, y) for x in range(state["size"]) for y in range(state["size"])]
            found |= {(x, y) for x, y in every if x not in inner or y not in inner}
    return found


LETTERS = "abcdefghijklmnopqrst"
""",
    "stuck": """
def stuck(state):
    # The dots that rule changes keep from moving, 0-based.
    jams = [change.partition("@")[0] for change in state["changes"] if change[:4] == "jam:"]
    return {int(jam[4:]) - 1 for jam in jams}
""",
    "reach": """
def reach(state, cell):
    # Where two unit moves through open cells lead, two units away.
    size, shut = state["size"], closed(state)

    def around(cell):
        x, y = cell
        near = [(x - 1, y), (x, y - 1), (x, y + 1), (x + 1, y)]
        inside = [(a, b) for a, b in near if 0 <= a < size and 0 <= b < size]
        return [cell for cell in inside if cell not in shut]

    ends = {end for step in around(cell) for end in around(step)}
    return sorted(end for end in ends if gap(end, cell) == 2)
""",
    "go_around": """
def go_around(state, targets, tie):
    # As the rules in force let each dot: closest to its target; on it, it circles orange.
    orange, held, moves = state["orange"], stuck(state), []
    for dot, (start, target) in enumerate(zip(state["blue"], targets)):
        start = tuple(start)
        cells = [] if dot in held else reach(state, start)

        def holding(cell):
            return abs(gap(cell, orange) - gap(start, orange)), -gap(cell, orange), cell

        def going(cell):
            return gap(cell, target), tie(cell, target), cell

        key = holding if start == tuple(target) else going
        moves.append(min(cells, key=key) if cells else start)
    return moves
""",
    "ways": """
def ways(state, target):
    # Measures ways to a target through open cells; without one it is the distance, and more.
    size, shut, target = state["size"], closed(state), tuple(target)
    found, front = {target: 0}, [target]
    for x, y in front:
        for cell in [(x - 1, y), (x, y - 1), (x, y + 1), (x + 1, y)]:
            if 0 <= min(cell) and max(cell) < size and cell not in shut and cell not in found:
                found[cell] = found[(x, y)] + 1
                front.append(cell)
    return lambda cell: found.get(tuple(cell), 1000 + gap(cell, target))
""",
    "find_way": """
def find_way(state, targets, tie):
    # As the rules in force let each dot: by the shortest way to its target; on it, it circles.
    orange, held, moves = state["orange"], stuck(state), []
    for dot, (start, target) in enumerate(zip(state["blue"], targets)):
        start = tuple(start)
        cells = [] if dot in held else reach(state, start)
        far = ways(state, target)

        def holding(cell):
            return abs(gap(cell, orange) - gap(start, orange)), -gap(cell, orange), cell

        def going(cell):
            return far(cell), tie(cell, target), cell

        key = holding if start == tuple(target) else going
        moves.append(min(cells, key=key) if cells else start)
    return moves
""",
    "aimed": """
def aimed(state, targets, step):
    # Targets one step on; a target that is reached stays.
    pairs = zip([tuple(dot) for dot in state["blue"]], [tuple(target) for target in targets])
    return [t if t == dot else (t[0] + step[0], t[1] + step[1]) for dot, t in pairs]
""",
    "open_steps": """
def open_steps(state):
    # Where orange may end now; its own cell where it may go nowhere.
    x, y = state["orange"]
    if any(change[:6] == "sprint" for change in state["changes"]):
        return reach(state, (x, y)) or [(x, y)]
    shut = closed(state)
    ends = [(x + a, y + b) for (a, b), free in room(state).items() if free > 0]
    return [cell for cell in ends if cell not in shut] or [(x, y)]
""",
    "steps": """
def steps(state):
    x, y = state["orange"]
    return [(x + a, y + b) for (a, b), free in room(state).items() if free > 0]
""",
}
